export { handleInquiry } from "./handle-inquiry";
export { listInquiries } from "./list-inquiries";
export { readInquiry } from "./read-inquiry";
export * from "./schemas";
export { submitInquiry } from "./submit-inquiry";
