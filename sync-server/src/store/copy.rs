//! The whole of one database into another, row by row, whatever the engines.
//!
//! # Decisions
//! A backup is such a copy, not a copy of the engine's own pages: it reads one moment while a server goes
//! on writing, needs no tool beside this program, and the same file restores either engine.

use super::{Db, Session, StoreError, Value};

/// Rows that are held in memory at once.
const PAGE: u32 = 500;

/// A table as it is copied: all of it, in the order of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// Columns of the primary key, in its order.
    pub(crate) key: Vec<String>,
}

/// How many rows of a table were copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) table: String,
    pub(crate) rows: u64,
}

/// Makes `to` hold exactly what `from` holds, table by table; each table is one transaction.
pub(crate) fn all(from: &mut dyn Db, to: &mut dyn Session, tables: &[Table]) -> Result<Vec<Copied>, StoreError> {
    tables.iter().map(|table| one(from, to, table)).collect()
}

/// How many rows a table of ours has.
pub(crate) fn count(db: &mut dyn Db, table: &str) -> Result<u64, StoreError> {
    db.first(&format!("SELECT count(*) FROM {table}"), &[])?.map_or(Ok(0), |mut row| row.count())
}

/// Whether each table has the rows that were copied.
pub(crate) fn check(db: &mut dyn Db, copied: &[Copied]) -> Result<(), StoreError> {
    for Copied { table, rows } in copied {
        if count(db, table)? != *rows {
            return Err(StoreError::Shape("a table of the copy has not the rows that were copied"));
        }
    }
    Ok(())
}

fn one(from: &mut dyn Db, to: &mut dyn Session, table: &Table) -> Result<Copied, StoreError> {
    let statements = Statements::of(table)?;
    let mut copied = Copied { table: table.name.clone(), rows: 0 };
    to.begin()?;
    // A migration may have put rows there.
    to.run(&statements.empty, &[])?;
    let mut page = from.rows(&statements.first, &[(":most", PAGE.into())])?;
    while !page.is_empty() {
        let mut last = Vec::new();
        for row in page {
            let values = row.rest();
            to.run(&statements.insert, &named(&statements.columns, &values))?;
            copied.rows += 1;
            last = values;
        }
        let mut after: Vec<(&str, Value)> =
            statements.key.iter().filter_map(|(name, at)| Some((name.as_str(), last.get(*at)?.clone()))).collect();
        after.push((":most", PAGE.into()));
        page = from.rows(&statements.next, &after)?;
    }
    to.commit()?;
    Ok(copied)
}

fn named<'a>(names: &'a [String], values: &[Value]) -> Vec<(&'a str, Value)> {
    names.iter().map(String::as_str).zip(values.iter().cloned()).collect()
}

/// The statements of one table. Names are those of our own schema.
struct Statements {
    empty: String,
    first: String,
    next: String,
    insert: String,
    /// Parameter of each column.
    columns: Vec<String>,
    /// Parameter of each part of the key, and its place among the columns.
    key: Vec<(String, usize)>,
}

impl Statements {
    fn of(table: &Table) -> Result<Self, StoreError> {
        let Table { name, columns, key } = table;
        let place = |part: &String| {
            let at = columns.iter().position(|column| column == part);
            at.map(|at| (format!(":after{at}"), at)).ok_or(StoreError::Shape("a key that is no column"))
        };
        if key.is_empty() {
            return Err(StoreError::Shape("a table without a key cannot be copied in pages"));
        }
        let list = columns.join(", ");
        let (order, end) = (key.join(", "), format!("ORDER BY {} LIMIT :most", key.join(", ")));
        let key = key.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let after = key.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let params: Vec<String> = (0..columns.len()).map(|i| format!(":c{i}")).collect();
        Ok(Self {
            empty: format!("DELETE FROM {name}"),
            first: format!("SELECT {list} FROM {name} {end}"),
            next: format!("SELECT {list} FROM {name} WHERE ({order}) > ({after}) {end}"),
            insert: format!("INSERT INTO {name} ({list}) VALUES ({})", params.join(", ")),
            columns: params,
            key,
        })
    }
}
