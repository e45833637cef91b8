export { getDataPolicy, updateDataPolicy } from "./data-policy";
export { dataPolicyViewSchema, updateDataPolicyInputSchema } from "./schemas";
