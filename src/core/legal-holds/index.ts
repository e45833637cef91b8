export { type Holdable, isHeld, notHeldSql, unlessHeld } from "./held";
export { listHolds } from "./list-holds";
export { placeHold, releaseHold } from "./place-hold";
export * from "./schemas";
