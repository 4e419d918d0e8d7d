//! QR codes, as one path.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code, as ISO/IEC 18004 asks.
const MARGIN: i32 = 4;

/// A QR code of a text; nothing if the text is too long for one (2,953 bytes).
#[component]
pub(crate) fn Qr(
    /// What it says.
    #[prop(into)]
    text: String,
    /// What it is, for people who do not see it.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    QrCode::encode_text(&text, QrCodeEcc::Low).ok().map(|code| {
        let size = code.size() + 2 * MARGIN;
        let path = path(&code);
        view! {
            <svg class="qr" role="img" aria-label=move || label.get() viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
                <rect width=size height=size fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        }
    })
}

/// The dark modules, run by run.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN));
            }
            x += run.max(1);
        }
    }
    path
}
