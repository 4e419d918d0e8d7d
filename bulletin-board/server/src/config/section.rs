//! What a section or a list of the file is, and how one is declared.

use serde::Serialize;

use super::Kind;

/// A setting, for those who print and override it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it does, line by line.
    pub text: &'static [&'static str],
    /// A value in TOML that stands for one that is not set.
    pub example: &'static str,
}

/// A section of the file.
pub trait Section: Default + Serialize {
    /// Its name in the file.
    const NAME: &'static str;
    /// What it is about, line by line.
    const TEXT: &'static [&'static str];
    /// Its settings, in order.
    const SETTINGS: &'static [Setting];
}

/// A list of tables in the file, each of which must have all settings.
#[derive(Debug)]
pub(super) struct List {
    /// Its name in the file.
    pub name: &'static str,
    /// Several of them, in words.
    pub plural: &'static str,
    /// What it is, line by line.
    pub text: &'static [&'static str],
    /// The settings of a table, in order.
    pub settings: &'static [Setting],
}

/// Declares a section: the struct with its defaults, and what is printed of it, from the same words.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $type:ident as $name:literal {
            $( $(#[doc = $text:literal])+ $field:ident: $kind:ty = $default:expr, $takes:expr, $example:literal; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $type {
            $( $(#[doc = $text])+ pub $field: $kind, )+
        }

        impl Default for $type {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl $crate::config::Section for $type {
            const NAME: &'static str = $name;
            const TEXT: &'static [&'static str] = &[$($about),+];
            const SETTINGS: &'static [$crate::config::Setting] = &[
                $( $crate::config::Setting {
                    name: stringify!($field),
                    kind: $takes,
                    text: &[$($text),+],
                    example: $example,
                }, )+
            ];
        }
    };
}

/// Declares a list: the struct of one of its tables, and what is read and printed of it, from the same words.
macro_rules! list {
    (
        $(#[doc = $about:literal])+
        $type:ident as $name:literal, $plural:literal {
            $( $(#[doc = $text:literal])+ $field:ident, $takes:expr, $example:literal; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $type {
            $( $(#[doc = $text])+ pub $field: String, )+
        }

        impl $type {
            pub(super) const LIST: $crate::config::section::List = $crate::config::section::List {
                name: $name,
                plural: $plural,
                text: &[$($about),+],
                settings: &[
                    $( $crate::config::Setting {
                        name: stringify!($field),
                        kind: $takes,
                        text: &[$($text),+],
                        example: $example,
                    }, )+
                ],
            };
        }
    };
}

pub(super) use {list, section};
