export { type Bounds, boundsOf } from "./bounds";
export { decodeCursor, encodeCursor, type ListIdentity } from "./cursor";
export { pageOf, readPage } from "./page";
export {
  type ListQuery,
  listFields,
  listSchema,
  oldCreatedFields,
  withOldCreated,
} from "./query";
