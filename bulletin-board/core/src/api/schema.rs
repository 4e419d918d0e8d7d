//! Schemas for the board's OpenAPI description: spellings that several messages share, and the codes of problems.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::ProblemCode;

/// 32 bytes, such as a hash, a key or the name of an election, in lower-case hexadecimal.
#[derive(Debug, ToSchema)]
#[schema(
    pattern = "^[0-9a-f]{64}$",
    min_length = 64,
    max_length = 64,
    example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)]
pub struct Hex32(pub String);

/// 64 bytes, a signature, in lower-case hexadecimal.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^[0-9a-f]{128}$", min_length = 128, max_length = 128)]
pub struct Hex64(pub String);

/// Bytes in base64 with padding (RFC 4648, section 4), the bits that are left over zero.
#[derive(Debug, ToSchema)]
#[schema(
    pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$",
    content_encoding = "base64"
)]
pub struct Base64(pub String);

impl PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "What went wrong, for programs. A code never changes its meaning; later ones may be added.",
            ))
            .enum_values(Some(Self::ALL.map(Self::name)))
            .into()
    }
}

impl ToSchema for ProblemCode {}
