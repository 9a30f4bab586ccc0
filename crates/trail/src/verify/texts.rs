//! Hashes and epochs as texts of a state that is kept.

/// [`Hash`](crate::Hash) by its 43 characters.
pub(super) mod hash_text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::Hash;

    pub(crate) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(hash)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        Hash::parse(&text).ok_or_else(|| de::Error::custom("not a SHA-256 in base64url"))
    }

    /// The same where there may be none.
    pub(crate) mod option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

        use crate::Hash;

        pub(crate) fn serialize<S: Serializer>(
            hash: &Option<Hash>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            hash.map(|hash| hash.to_string()).serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Hash>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            let wrong = || de::Error::custom("not a SHA-256 in base64url");
            text.map(|text| Hash::parse(&text).ok_or_else(wrong))
                .transpose()
        }
    }
}

/// [`Epoch`](crate::Epoch) by its digits.
pub(super) mod epoch_text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::Epoch;

    pub(crate) fn serialize<S: Serializer>(epoch: &Epoch, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(epoch)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Epoch, D::Error> {
        let text = String::deserialize(from)?;
        Epoch::parse(&text).ok_or_else(|| de::Error::custom("not an epoch"))
    }

    /// The same where there may be none.
    pub(crate) mod option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

        use crate::Epoch;

        pub(crate) fn serialize<S: Serializer>(
            epoch: &Option<Epoch>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            epoch.map(|epoch| epoch.to_string()).serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<Epoch>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            let wrong = || de::Error::custom("not an epoch");
            text.map(|text| Epoch::parse(&text).ok_or_else(wrong))
                .transpose()
        }
    }
}
