export { Admission, admission, closeAdmission } from "./admission";
export type { AdmittedCall, Allowance, CallEnd, CallToAdmit, LimitAllowance, Settlement } from "./call";
export { recoverCalls } from "./recover-calls";
export { allowanceOf } from "./take-request";
export { admissionGauges } from "./upkeep";
