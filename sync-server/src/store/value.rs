//! Values that every engine can bind and return.

use super::StoreError;
use chrono::{DateTime, Utc};
use handoff::domain::ids::{ChainId, DeviceId, Hash, ReferralId, StaffId};
use uuid::Uuid;

/// Named parameters: `(":referral", id.into())`.
pub type Params<'a> = &'a [(&'a str, Value)];

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number: a count, a position, milliseconds, 0 or 1.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes: an id, a hash, a sealed entry.
    Blob(Vec<u8>),
}

macro_rules! from {
    ($($from:ty => |$v:ident| $to:expr),+ $(,)?) => {
        $(impl From<$from> for Value { fn from($v: $from) -> Self { $to } })+
    };
}

from! {
    i64 => |v| Self::Int(v),
    u32 => |v| Self::Int(i64::from(v)),
    // Counts of this store stay far below 2^63.
    u64 => |v| Self::Int(i64::try_from(v).unwrap_or(i64::MAX)),
    bool => |v| Self::Int(i64::from(v)),
    &str => |v| Self::Text(v.to_owned()),
    String => |v| Self::Text(v),
    &String => |v| Self::Text(v.clone()),
    Vec<u8> => |v| Self::Blob(v),
    &[u8] => |v| Self::Blob(v.to_vec()),
    Uuid => |v| Self::Blob(v.as_bytes().to_vec()),
    ReferralId => |v| v.0.into(),
    DeviceId => |v| v.0.into(),
    ChainId => |v| v.0.into(),
    StaffId => |v| v.0.into(),
    Hash => |v| Self::Blob(v.0.to_vec()),
    DateTime<Utc> => |v| Self::Int(v.timestamp_millis()),
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row, read column by column in the order of the query.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The columns that were not read yet, as they are.
    pub(crate) fn rest(self) -> Vec<Value> {
        self.0.collect()
    }

    fn next(&mut self) -> Result<Value, StoreError> {
        self.0.next().ok_or(StoreError::Shape("too few columns"))
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if the next column is none.
    pub fn int(&mut self) -> Result<i64, StoreError> {
        self.maybe_int()?.ok_or(StoreError::Shape("no number where one must be"))
    }

    /// A whole number, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.next()? {
            Value::Int(n) => Ok(Some(n)),
            Value::Null => Ok(None),
            Value::Text(_) | Value::Blob(_) => Err(StoreError::Shape("not a number")),
        }
    }

    /// A whole number from 0.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn count(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.int()?).map_err(|_| StoreError::Shape("a count below 0"))
    }

    /// A yes or no, stored as 1 or 0.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn truth(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    /// Text.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.maybe_text()?.ok_or(StoreError::Shape("no text where some must be"))
    }

    /// Text, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.next()? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            Value::Int(_) | Value::Blob(_) => Err(StoreError::Shape("not text")),
        }
    }

    /// A code of a closed set, by its own reader.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if it is not of the set.
    pub fn code<T>(&mut self, read: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        read(&self.text()?).ok_or(StoreError::Shape("an unknown code"))
    }

    /// A code of a closed set, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_code<T>(&mut self, read: fn(&str) -> Option<T>) -> Result<Option<T>, StoreError> {
        match self.maybe_text()? {
            Some(text) => read(&text).map(Some).ok_or(StoreError::Shape("an unknown code")),
            None => Ok(None),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        self.maybe_blob()?.ok_or(StoreError::Shape("no bytes where some must be"))
    }

    /// Passes over columns.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if there are not so many.
    pub fn skip(&mut self, columns: usize) -> Result<(), StoreError> {
        (0..columns).try_for_each(|_| self.next().map(drop))
    }

    /// Bytes, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.next()? {
            Value::Blob(bytes) => Ok(Some(bytes)),
            Value::Null => Ok(None),
            Value::Int(_) | Value::Text(_) => Err(StoreError::Shape("not bytes")),
        }
    }

    /// A 16-byte id.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn id(&mut self) -> Result<Uuid, StoreError> {
        self.maybe_id()?.ok_or(StoreError::Shape("no id where one must be"))
    }

    /// A 16-byte id, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_id(&mut self) -> Result<Option<Uuid>, StoreError> {
        let id = |bytes: Vec<u8>| Uuid::from_slice(&bytes).map_err(|_| StoreError::Shape("an id is 16 bytes"));
        self.maybe_blob()?.map(id).transpose()
    }

    /// A SHA-256.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn hash(&mut self) -> Result<Hash, StoreError> {
        self.maybe_hash()?.ok_or(StoreError::Shape("no hash where one must be"))
    }

    /// A SHA-256, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_hash(&mut self) -> Result<Option<Hash>, StoreError> {
        let hash = |bytes: Vec<u8>| bytes.try_into().map(Hash).map_err(|_| StoreError::Shape("a hash is 32 bytes"));
        self.maybe_blob()?.map(hash).transpose()
    }

    /// A time.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn time(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.maybe_time()?.ok_or(StoreError::Shape("no time where one must be"))
    }

    /// A time, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Shape`].
    pub fn maybe_time(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let time = |ms| DateTime::from_timestamp_millis(ms).ok_or(StoreError::Shape("a time out of range"));
        self.maybe_int()?.map(time).transpose()
    }
}
