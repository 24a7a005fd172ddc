//! Browsers that ask to be told.

use super::super::addresses::{self, MOST_BROWSERS, Subscription};
use super::super::{Db, Engine, Store};
use super::at;
use crate::deliver::channel::Medium;
use handoff::domain::ids::StaffId;
use handoff::domain::private::Private;
use uuid::Uuid;

const ONE: StaffId = StaffId(Uuid::from_u128(5));
const OTHER: StaffId = StaffId(Uuid::from_u128(6));

fn browser(n: u32) -> Subscription {
    Subscription {
        id: Uuid::from_u128(u128::from(n)),
        endpoint: Private::new(format!("https://push.example/{n}")),
        p256dh: Private::new(vec![4; 65]),
        auth: Private::new(vec![1; 16]),
        made: at(i64::from(n)),
    }
}

async fn of(store: &Store, staff: StaffId) -> Vec<u128> {
    let all = store.read(move |db| addresses::subscriptions(db, staff)).await.unwrap();
    all.into_iter().map(|browser| browser.id.as_u128()).collect()
}

pub async fn a_browser_tells_one_person_and_a_person_has_so_many(engine: impl Engine) {
    let store = Store::open(engine).unwrap();
    let media = async |staff| store.read(move |db| addresses::reach(db, staff)).await.unwrap().0;
    let add = |db: &mut dyn Db| {
        for (who, login, mail) in [(ONE, "a", "a@b.example"), (OTHER, "b", "")] {
            let insert = "INSERT INTO staff (id, login, role, name, serial, phone, active, mail, added_ms)
                VALUES (:id, :login, 'case_manager', 'G', '', '', 1, :mail, 0)";
            db.run(insert, &[(":id", who.into()), (":login", login.into()), (":mail", mail.into())])?;
        }
        (1..=MOST_BROWSERS + 2).try_for_each(|n| addresses::subscribe(db, ONE, &browser(n)))
    };
    store.write(add).await.unwrap();
    assert_eq!(of(&store, ONE).await, [10, 9, 8, 7, 6, 5, 4, 3], "the oldest went");
    let kept = store.read(|db| addresses::subscriptions(db, ONE)).await.unwrap().remove(0);
    assert_eq!(kept, browser(10));
    assert_eq!(media(ONE).await, [Medium::InPage, Medium::WebPush, Medium::Mail]);
    assert_eq!(media(OTHER).await, [Medium::InPage]);

    let moved = Subscription { id: Uuid::from_u128(99), ..browser(10) };
    store.write(move |db| addresses::subscribe(db, OTHER, &moved)).await.unwrap();
    assert_eq!((of(&store, ONE).await, of(&store, OTHER).await), (vec![9, 8, 7, 6, 5, 4, 3], vec![10]));
    let ten = Uuid::from_u128(10);
    assert!(!store.write(move |db| addresses::unsubscribe(db, ONE, ten)).await.unwrap(), "another's");
    assert!(store.write(move |db| addresses::unsubscribe(db, OTHER, ten)).await.unwrap());

    store
        .write(|db| {
            db.run("UPDATE staff SET active = 0 WHERE login = 'a'", &[])?;
            addresses::forget_inactive(db)
        })
        .await
        .unwrap();
    assert!(of(&store, ONE).await.is_empty());
}
