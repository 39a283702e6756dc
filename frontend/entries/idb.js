export { deleteDB, openDB, unwrap } from "idb";
