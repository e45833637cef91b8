export { getRetention, updateRetention } from "./retention";
export { retentionViewSchema, updateRetentionInputSchema } from "./schemas";
