//! The path of an entry in the tree of its log, drawn and as a table.
//!
//! ```text
//!            [root]
//!          /        \
//!      [own]        [sibling]     one row for each sibling: left and right as in the tree
//!     /     \
//! [sibling] [leaf]
//! ```

use leptos::prelude::*;

use tabella_crypto::transcript::Digest;
use tabella_web_shared::reader::PathCard;

use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::text::tree::Tree;

/// Units of the drawing: its width, and what a row and a box measure.
const WIDTH: i32 = 300;
const ROW: i32 = 58;
const BOX: (i32, i32) = (88, 30);
/// Room below the leaf for what it is called.
const FOOT: i32 = 26;
/// Centres of the columns.
const LEFT: i32 = 75;
const RIGHT: i32 = WIDTH - LEFT;

/// A box: its centre, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    x: i32,
    y: i32,
    /// The first 8 hexadecimal digits.
    digits: String,
    /// Whether it is on the way.
    is_own: bool,
}

/// The boxes from the leaf up, own and sibling in turn, the root last.
fn nodes(path: &PathCard) -> Vec<Node> {
    let rows = i32::try_from(path.siblings.len()).unwrap_or(i32::MAX / ROW - 1);
    let height = |row: i32| (rows - row) * ROW + ROW / 2 + 6;
    let mut nodes = Vec::new();
    let own = std::iter::once(&path.leaf).chain(&path.nodes);
    for (row, ((own, sibling), on_left)) in (0..).zip(own.zip(&path.siblings).zip(&path.on_left)) {
        let (own_x, sibling_x) = if *on_left { (RIGHT, LEFT) } else { (LEFT, RIGHT) };
        let y = height(row);
        nodes.push(Node { x: own_x, y, digits: first_digits(own), is_own: true });
        nodes.push(Node { x: sibling_x, y, digits: first_digits(sibling), is_own: false });
    }
    let root = path.nodes.last().unwrap_or(&path.leaf);
    nodes.push(Node { x: WIDTH / 2, y: height(rows), digits: first_digits(root), is_own: true });
    nodes
}

/// Lines from each box to the one above that it goes into.
fn edges(nodes: &[Node]) -> Vec<String> {
    let is_above = |below: &Node, node: &Node| node.is_own && node.y < below.y;
    let above = |below: &Node| nodes.iter().find(|node| is_above(below, node));
    let line = |below: &Node| {
        let above = above(below)?;
        let (start, end) = (below.y - BOX.1 / 2, above.y + BOX.1 / 2);
        let middle = (start + end) / 2;
        Some(format!("M{} {start}V{middle}H{}V{end}", below.x, above.x))
    };
    nodes.iter().filter_map(line).collect()
}

fn first_digits(digest: &Digest) -> String {
    digest.to_hex().chars().take(8).collect()
}

/// The way from an entry to the root: explained, drawn, as a table, and the checkpoint that signs the root.
#[component]
pub(crate) fn PathTree(path: PathCard) -> impl IntoView {
    let (texts, language) = (use_texts::<Tree>(), use_language());
    let steps = path.siblings.len();
    let (index, size) = (path.index, path.head.size);
    let explain = move || match steps {
        0 => texts().alone.to_owned(),
        _ => {
            let write = |value| number(value, language.get());
            (texts().explain)(&write(index), &write(size), steps)
        }
    };
    let note = path.head.note.clone();
    let table = (steps > 0).then(|| view! { <Table path=path.clone()/> });
    view! {
        <div class="stack">
            <p>{explain}</p>
            <Drawing path/>
            {table}
            <details>
                <summary>{move || texts().note}</summary>
                <pre translate="no">{note}</pre>
            </details>
        </div>
    }
}

#[component]
fn Drawing(path: PathCard) -> impl IntoView {
    let texts = use_texts::<Tree>();
    let steps = path.siblings.len();
    let nodes = nodes(&path);
    let height = nodes.first().map_or(0, |leaf| leaf.y + BOX.1 / 2 + FOOT);
    let lines: Vec<_> =
        edges(&nodes).into_iter().map(|line| view! { <path class="edge" d=line></path> }).collect();
    let leaf_x = nodes.first().map_or(0, |leaf| leaf.x);
    let boxes: Vec<_> = nodes
        .into_iter()
        .map(|Node { x, y, digits, is_own }| {
            let class = if is_own { "mine" } else { "node" };
            view! {
                <rect class=class x=x - BOX.0 / 2 y=y - BOX.1 / 2 width=BOX.0 height=BOX.1 rx="5"></rect>
                <text x=x y=y text-anchor="middle" dominant-baseline="central">{digits}</text>
            }
        })
        .collect();
    // where leaf and root are one, it is called the root above
    let leaf = (steps > 0).then(|| {
        view! { <text x=leaf_x y=height - FOOT / 2 text-anchor="middle">{move || texts().leaf}</text> }
    });
    view! {
        <svg
            class="tree"
            role="img"
            aria-label=move || (texts().label)(steps)
            viewBox=format!("0 0 {WIDTH} {height}")
            style:max-width="22rem"
        >
            {lines}
            {boxes}
            <text x=WIDTH / 2 + BOX.0 / 2 + 8 y=ROW / 2 + 6 dominant-baseline="central">{move || texts().root}</text>
            {leaf}
        </svg>
    }
}

#[component]
fn Table(path: PathCard) -> impl IntoView {
    let texts = use_texts::<Tree>();
    let rows = path.siblings.iter().zip(&path.on_left).zip(&path.nodes).zip(1_usize..);
    let rows: Vec<_> = rows
        .map(|(((sibling, on_left), node), step)| {
            let on_left = *on_left;
            view! {
                <tr>
                    <th scope="row">{step}</th>
                    <td><code class="hash">{sibling.to_hex()}</code></td>
                    <td class="number">{move || if on_left { texts().left } else { texts().right }}</td>
                    <td><code class="hash">{node.to_hex()}</code></td>
                </tr>
            }
        })
        .collect();
    view! {
        <details>
            <summary>{move || texts().as_table}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=move || texts().table>
                <table class="data">
                    <caption>{move || texts().table}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{move || texts().step}</th>
                            <th scope="col">{move || texts().neighbour}</th>
                            <th scope="col" class="number">{move || texts().side}</th>
                            <th scope="col">{move || texts().gives}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use tabella_web_shared::reader::HeadCard;

    use super::*;

    fn path(on_left: &[bool]) -> PathCard {
        let digest = |kind: u8, level: usize| Digest([kind + level as u8; 32]);
        let levels = || 0..on_left.len();
        let nodes: Vec<Digest> = levels().map(|level| digest(0x20, level)).collect();
        let root = nodes.last().copied().unwrap_or(Digest([9; 32]));
        let head =
            HeadCard { origin: String::new(), size: 8, root, note: String::new(), witnessed_by: vec![] };
        PathCard {
            index: 3,
            leaf: Digest([9; 32]),
            siblings: levels().map(|level| digest(0x10, level)).collect(),
            on_left: on_left.to_vec(),
            nodes,
            head,
        }
    }

    #[test]
    fn siblings_stand_on_their_side_and_the_root_above_all() {
        let nodes = nodes(&path(&[true, false]));
        let drawn: Vec<_> = nodes.iter().map(|node| (node.x, node.digits.as_str(), node.is_own)).collect();
        assert_eq!(
            drawn,
            [
                (RIGHT, "09090909", true),
                (LEFT, "10101010", false),
                (LEFT, "20202020", true),
                (RIGHT, "11111111", false),
                (WIDTH / 2, "21212121", true),
            ]
        );
        assert!(nodes.windows(2).all(|pair| pair[1].y <= pair[0].y));
        assert!(nodes[4].y < nodes[3].y && nodes[2].y < nodes[1].y);
    }

    #[test]
    fn every_box_but_the_root_leads_to_the_own_one_above() {
        let nodes = nodes(&path(&[true, false, true]));
        let lines = edges(&nodes);
        assert_eq!(lines.len(), nodes.len() - 1);
        assert!(lines[0].starts_with(&format!("M{RIGHT} ")) && lines[0].contains(&format!("H{LEFT}V")));
        assert!(lines[5].contains(&format!("H{}V", WIDTH / 2)));
    }

    #[test]
    fn a_log_of_one_entry_is_one_box() {
        let nodes = nodes(&path(&[]));
        assert_eq!(nodes.len(), 1);
        assert!(edges(&nodes).is_empty());
    }
}
