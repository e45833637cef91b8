export { Admission, admission, closeAdmission } from "./admission";
export type { AdmittedCall, Allowance, CallEnd, CallToAdmit, LimitAllowance, Settlement } from "./calls/call";
export { recoverCalls } from "./calls/recover-calls";
export { allowanceOf } from "./take-request";
export { admissionGauges } from "./upkeep";
