//! The targets. Each takes any bytes, and fails by a panic.

pub mod election;
pub mod encoding;
pub mod http;
pub mod messages;
pub mod page;
pub mod records;
pub mod settings;
pub mod texts;
pub mod trees;

/// Something that reads what strangers, other programs or people wrote.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name: that of its folders, and what `make fuzz` takes.
    pub name: &'static str,
    /// Reads bytes, and asserts what must hold of them.
    pub run: fn(&[u8]),
    /// What it should accept, out of real objects: the beginning of its corpus.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Most bytes of an input.
    pub longest: usize,
    /// Changed inputs of the bounded run, by what one costs.
    pub runs: u32,
}

/// A target whose inputs cost microseconds.
const fn quick(name: &'static str, run: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, run, seeds, longest: 8_192, runs: 4_000 }
}

/// A target whose inputs cost `1/runs` of what the others' cost together.
const fn dear(name: &'static str, run: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>, runs: u32) -> Target {
    Target { name, run, seeds, longest: 8_192, runs }
}

/// All targets.
pub const TARGETS: [Target; 35] = [
    quick("entry", encoding::entry, encoding::entry_seeds),
    quick("board-entry", encoding::board_entry, encoding::board_entry_seeds),
    quick("manifest", encoding::manifest, encoding::manifest_seeds),
    quick("value", encoding::value, encoding::value_seeds),
    quick("note", texts::note, texts::note_seeds),
    quick("key", texts::key, texts::key_seeds),
    quick("tile-path", texts::tile_path, texts::tile_path_seeds),
    quick("code", texts::code, texts::code_seeds),
    dear("words", texts::words, texts::words_seeds, 100),
    quick("invitation", texts::invitation, texts::invitation_seeds),
    quick("argument", texts::argument, texts::argument_seeds),
    quick("tile", trees::tile, trees::tile_seeds),
    dear("proof", trees::proof, trees::proof_seeds, 1_000),
    dear("receipt", messages::receipt, messages::receipt_seeds, 1_000),
    quick("message", messages::message, messages::message_seeds),
    dear("evidence", messages::evidence, messages::evidence_seeds, 1_000),
    dear("view", messages::view, messages::view_seeds, 1_000),
    dear("witness-request", messages::witness_request, messages::witness_request_seeds, 1_000),
    dear("witness-answer", messages::witness_answer, messages::witness_answer_seeds, 1_000),
    dear("manifest-file", settings::manifest_file, settings::manifest_file_seeds, 1_000),
    dear("board-settings", settings::board_settings, settings::board_settings_seeds, 500),
    dear("table", settings::table, settings::table_seeds, 500),
    dear("trustee-folder", settings::trustee_folder, settings::trustee_folder_seeds, 300),
    dear("key-file", settings::key_file, settings::key_file_seeds, 50),
    dear("sealed", settings::sealed, settings::sealed_seeds, 100),
    dear("operator-key", settings::operator_key, settings::operator_key_seeds, 500),
    dear("admission", election::admission, election::admission_seeds, 40),
    dear("ballot-batch", election::ballot_batch, election::ballot_batch_seeds, 40),
    quick("choice", election::choice, election::choice_seeds),
    dear("record-files", records::record_files, records::record_files_seeds, 40),
    dear("record-log", records::record_log, records::record_log_seeds, 20),
    dear("partial-result", records::partial_result, records::partial_result_seeds, 40),
    quick("saved-run", records::saved_run, records::saved_run_seeds),
    dear("http", http::http, http::http_seeds, 1_000),
    quick("page", page::message, page::message_seeds),
];
