export { assembleCompletion } from "./assemble-answer";
export { deleteFromHistory } from "./delete-from-history";
export { fileGeneration, fileGenerations } from "./file-generation";
export { type Generation, type GenerationError, type GenerationKey, generationNotFound } from "./generation";
export { type KeyClaim, type NewGeneration, openGeneration, releaseGeneration } from "./open-generation";
export { type GenerationPart, readAll, readGeneration, readParts } from "./read-generation";
export { askedToStop, askToStop } from "./stop-generation";
export { deleteGenerations, expiredGenerations } from "./upkeep";
export { appendPart, endGeneration, type GenerationEnd } from "./write-generation";
