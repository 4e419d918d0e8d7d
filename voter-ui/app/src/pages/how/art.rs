//! The drawings of the walk, as lines in the colours of the page. Each is 160 by 110.

use leptos::prelude::*;

/// A phone with a marked ballot, and the envelope that it is sealed into.
pub(super) fn seal() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <rect class="art-paper" x="14" y="8" width="54" height="94" rx="9"></rect>
            <path d="M35 95h12"></path>
            <circle cx="27" cy="29" r="5"></circle>
            <circle class="art-accent" cx="27" cy="47" r="5"></circle>
            <path class="art-accent" d="M24.5 47l2 2.5 4-5"></path>
            <circle cx="27" cy="65" r="5"></circle>
            <path d="M38 29h20M38 47h20M38 65h14"></path>
            <path class="art-accent" d="M77 55h14M86 50l5 5-5 5"></path>
            <rect class="art-paper" x="99" y="34" width="52" height="42" rx="4"></rect>
            <path d="M100 37l25 20 25-20"></path>
            <circle class="art-fill" cx="125" cy="60" r="9"></circle>
            <path class="art-knock" d="M121 60l3 3.5 5.5-7"></path>
        </svg>
    }
}

/// The tracking code on a tag, and two ways from it: the ballot box, or the lens.
pub(super) fn decide() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <path class="art-paper" d="M10 42h42l12 13-12 13H10z"></path>
            <path class="art-accent" d="M17 51h6M27 51h6M37 51h6M17 59h6M27 59h6M37 59h6"></path>
            <circle cx="54" cy="55" r="2.5"></circle>
            <path d="M72 50l18-15M84 34l7 0 0 7"></path>
            <path d="M72 60l18 15M91 69l0 7-7 0"></path>
            <path class="art-paper" d="M102 24h44v26h-44z"></path>
            <path d="M98 24h52M116 24v-8h16v8"></path>
            <path class="art-accent" d="M117 37l5 5 9-11"></path>
            <circle class="art-paper" cx="120" cy="80" r="15"></circle>
            <path class="art-accent" d="M113 76h14M113 83h9"></path>
            <path d="M131 91l14 13"></path>
        </svg>
    }
}

/// Pages of a record that hold on to each other; the newest is marked.
pub(super) fn record() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <rect class="art-paper" x="10" y="32" width="36" height="46" rx="4"></rect>
            <rect class="art-paper" x="62" y="32" width="36" height="46" rx="4"></rect>
            <rect class="art-paper art-accent" x="114" y="32" width="36" height="46" rx="4"></rect>
            <path d="M18 44h20M18 52h20M18 60h12M70 44h20M70 52h20M70 60h12"></path>
            <path class="art-accent" d="M122 44h20M122 52h20M122 60h12"></path>
            <rect class="art-paper" x="41" y="65" width="26" height="9" rx="4.5"></rect>
            <rect class="art-paper" x="93" y="65" width="26" height="9" rx="4.5"></rect>
            <path d="M10 94h132M136 89l6 5-6 5"></path>
        </svg>
    }
}

/// Three keys on their way to one lock, over sealed ballots that stay sealed.
pub(super) fn open() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <circle cx="18" cy="20" r="8"></circle>
            <path d="M26 20h30M49 20v7M56 20v5"></path>
            <circle cx="18" cy="54" r="8"></circle>
            <path d="M26 54h30M49 54v7M56 54v5"></path>
            <circle cx="18" cy="88" r="8"></circle>
            <path d="M26 88h30M49 88v7M56 88v5"></path>
            <path class="art-accent" d="M68 22l14 18M68 54h12M68 86l14-18"></path>
            <rect class="art-paper" x="94" y="42" width="54" height="44" rx="6"></rect>
            <path class="art-accent" d="M104 42v-9a17 17 0 0 1 33-6"></path>
            <path class="art-accent" d="M131 52h-20l11 12-11 12h20"></path>
        </svg>
    }
}

/// A screen with the count, and the mark that it is right.
pub(super) fn recount() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <rect class="art-paper" x="28" y="12" width="104" height="68" rx="6"></rect>
            <path d="M14 94h132M28 94l6-14M132 94l-6-14"></path>
            <path d="M42 66h46"></path>
            <rect class="art-fill" x="46" y="46" width="9" height="20"></rect>
            <rect class="art-fill" x="60" y="30" width="9" height="36"></rect>
            <rect class="art-fill" x="74" y="54" width="9" height="12"></rect>
            <circle class="art-accent" cx="108" cy="46" r="14"></circle>
            <path class="art-accent" d="M101.5 46.5l5 5.5 9-11"></path>
        </svg>
    }
}

/// A list of codes under a lens that has found one.
pub(super) fn find() -> impl IntoView {
    view! {
        <svg class="art" viewBox="0 0 160 110" aria-hidden="true" focusable="false">
            <rect class="art-paper" x="20" y="10" width="84" height="90" rx="5"></rect>
            <path d="M32 26h14M52 26h14M72 26h14M32 42h14M52 42h14M72 42h14"></path>
            <path d="M32 76h14M52 76h14M72 76h10M32 90h14M52 90h14"></path>
            <path class="art-accent" d="M32 59h14M52 59h14"></path>
            <circle class="art-paper art-accent" cx="96" cy="58" r="24"></circle>
            <path class="art-accent" d="M86 58l8 9 14-17"></path>
            <path d="M114 76l24 24"></path>
        </svg>
    }
}
