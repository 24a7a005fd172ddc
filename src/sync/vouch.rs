//! What the server says of its own standing: its log's epochs, its newest checkpoint, how far its backups
//! reach. Nothing of it is believed before its signature is checked under the key that was pinned at enrolment.

use super::enrolment::Identity;
use super::phone::{Inner, Phone};
use super::{PhoneError, lock};
use crate::domain::wire::{Epochs, LedgerNews, Signed, Watermark};
use crate::lab::{Bug, planted};
use crate::outbox::{Alarm, Known, News, Sight, judge_checkpoint, judge_epochs};
use crate::seal::Tag;
use crate::seal::note::{self, Checkpoint};
use crate::store::{AlarmRow, StoreError, Told, Voided};

/// What this device knew when a call began, to judge its answer by: answers may overtake each other.
pub struct Shown {
    epochs: Option<Signed>,
    /// A signed note.
    checkpoint: Option<String>,
}

impl Shown {
    fn epochs(&self, id: &Identity) -> Option<Epochs> {
        self.epochs.as_ref().and_then(|signed| id.server_key.open(Tag::Epochs, signed).ok())
    }

    fn checkpoint(&self, id: &Identity) -> Option<Checkpoint> {
        self.checkpoint.as_ref().and_then(|note| note::open(note, &id.server_key).ok())
    }
}

impl Inner {
    /// What this device knows now.
    pub fn shown(&self) -> Result<Shown, StoreError> {
        let mut outbox = lock(&self.outbox);
        Ok(Shown { epochs: outbox.epochs()?, checkpoint: outbox.checkpoint()? })
    }

    /// Takes what came with an answer: first what became void, then the log by its new name, then what is in
    /// a backup.
    pub fn vouched(&self, identity: &Identity, shown: &Shown, news: &News) -> Result<(), PhoneError> {
        // Told with every answer: what was known when it was asked for was believed when that came.
        let epochs = news.epochs.as_ref().filter(|told| shown.epochs.as_ref() != Some(*told));
        if let Some(signed) = epochs.filter(|_| !planted(Bug::EpochIgnored)) {
            match identity.server_key.open::<Epochs>(Tag::Epochs, signed) {
                Ok(epochs) => self.hear_epochs(identity, shown, (signed, &epochs))?,
                Err(error) => tracing::warn!(%error, "epochs are not believed"),
            }
        }
        if let Some(news) = &news.ledger {
            self.hear_checkpoint(identity, shown, news)?;
        }
        let watermark = news.watermark.as_ref().filter(|told| lock(&self.traffic).watermark.as_ref() != Some(*told));
        if let Some(signed) = watermark {
            match identity.server_key.open::<Watermark>(Tag::Watermark, signed) {
                Ok(mark) => self.take_watermark(signed, &mark)?,
                Err(error) => tracing::warn!(%error, "the watermark is not believed"),
            }
        }
        Ok(())
    }

    fn hear_epochs(&self, id: &Identity, shown: &Shown, heard: (&Signed, &Epochs)) -> Result<(), StoreError> {
        let (signed, epochs) = heard;
        let now = self.shown()?;
        match judge_epochs(now.epochs(id).as_ref(), shown.epochs(id).as_ref(), epochs) {
            Sight::Nothing => Ok(()),
            Sight::Follows => self.take_epochs(signed, epochs),
            Sight::Alarm(alarm) => {
                let text = |signed: Option<&Signed>| serde_json::to_string(&signed).unwrap_or_default();
                self.alarm(alarm, text(now.epochs.as_ref()), text(Some(signed)))
            }
        }
    }

    fn hear_checkpoint(&self, id: &Identity, shown: &Shown, news: &LedgerNews) -> Result<(), StoreError> {
        let heard = match note::open(&news.checkpoint, &id.server_key) {
            Ok(heard) => heard,
            Err(error) => {
                tracing::warn!(%error, "the checkpoint is not believed");
                return Ok(());
            }
        };
        let now = self.shown()?;
        let (epochs, kept) = (now.epochs(id), now.checkpoint(id));
        // Mostly nothing came between: then no signature is checked twice.
        let shown_epochs = if shown.epochs == now.epochs { epochs.clone() } else { shown.epochs(id) };
        let shown_checkpoint = if shown.checkpoint == now.checkpoint { kept.clone() } else { shown.checkpoint(id) };
        let known = Known { epochs: epochs.as_ref(), checkpoint: kept.as_ref() };
        let asked = Known { epochs: shown_epochs.as_ref(), checkpoint: shown_checkpoint.as_ref() };
        match judge_checkpoint(known, asked, &heard, &news.consistency) {
            Sight::Nothing => Ok(()),
            // One that another process put there meanwhile is judged at the next call.
            Sight::Follows => lock(&self.outbox).keep_checkpoint(now.checkpoint.as_deref(), &news.checkpoint).map(drop),
            Sight::Alarm(alarm) => self.alarm(alarm, now.checkpoint.unwrap_or_default(), news.checkpoint.clone()),
        }
    }

    fn take_epochs(&self, signed: &Signed, epochs: &Epochs) -> Result<(), StoreError> {
        let told = lock(&self.outbox).take_epochs(signed, epochs)?;
        let Told::Kept { again, gone } = told else { return Ok(()) };
        tracing::warn!(epoch = epochs.epoch, again, gone, "the server was restored from a copy");
        if again > 0 {
            let mut traffic = lock(&self.traffic);
            traffic.again = true;
            traffic.pace.hurry();
            drop(traffic);
            self.wake.notify_one();
        }
        self.changed();
        Ok(())
    }

    /// Keeps both sides of a contradiction, and shows it from now on.
    fn alarm(&self, alarm: Alarm, kept: String, heard: String) -> Result<(), StoreError> {
        let row = AlarmRow { kind: alarm.code().to_owned(), kept, heard, at: self.now().wall };
        if lock(&self.outbox).keep_alarm(&row)? {
            tracing::error!(kind = alarm.code(), "the server's log contradicts what this device saw; both are kept");
            self.changed();
        }
        Ok(())
    }

    fn take_watermark(&self, signed: &Signed, mark: &Watermark) -> Result<(), StoreError> {
        if lock(&self.outbox).take_watermark(mark)? {
            lock(&self.traffic).watermark = Some(signed.clone());
        }
        Ok(())
    }
}

impl Phone {
    /// What of the server's log contradicted what this device saw before, oldest first. Kept for good.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn alarms(&self) -> Result<Vec<AlarmRow>, PhoneError> {
        Ok(lock(&self.inner.outbox).alarms()?)
    }

    /// What it cost that the server was restored from an older copy, in entries.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn voided(&self) -> Result<Voided, PhoneError> {
        Ok(lock(&self.inner.outbox).voided()?)
    }
}
