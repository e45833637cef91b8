export { type Bounds, boundsOf } from "./bounds";
export { encodeCursor, type ListIdentity } from "./cursor";
export { pageOf, readPage } from "./page";
export {
  type ListQuery,
  listFields,
  listSchema,
  oldCreatedFields,
  withOldCreated,
} from "./query";
