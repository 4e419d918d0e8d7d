//! One operator: what arrives first comes first.

use super::{Engine, Proposal};

/// The engine of a board with one operator.
#[derive(Debug, Clone, Copy, Default)]
pub struct Solo;

impl Engine for Solo {
    fn order(&mut self, proposal: Proposal) -> Vec<Proposal> {
        vec![proposal]
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::manifest::ElectionId;
    use tabella_crypto::transcript::Digest;

    use super::*;
    use crate::engine::Submission;

    #[test]
    fn what_is_proposed_is_decided_in_its_order() {
        let submissions = [3u8, 1, 2].map(|byte| {
            let entry = Submission::Entry { election: ElectionId(Digest([1; 32])), bytes: vec![byte] };
            (entry.id(), entry)
        });
        let proposal = Proposal { time: 5, submissions: submissions.to_vec() };
        assert_eq!(Solo.order(proposal.clone()), [proposal]);
    }
}
