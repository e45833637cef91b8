export { deleteFromHistory } from "./delete-from-history";
export { fileGeneration, fileGenerations } from "./file-generation";
export type { Generation, GenerationError, GenerationKey } from "./generation";
export { type KeyClaim, type NewGeneration, openGeneration, releaseGeneration } from "./open-generation";
export { type GenerationPart, readGeneration, readParts } from "./read-generation";
export { expiredGenerations } from "./upkeep";
export { appendPart, endGeneration, type GenerationEnd } from "./write-generation";
