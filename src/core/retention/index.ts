export { getRetention, updateRetention } from "./retention";
export { retentionViewSchema, updateRetentionInputSchema } from "./schemas";
export { getStorage, updateStorage } from "./storage";
