export * as inquiryEmails from "./inquiry-emails";
export { handleInquiry, listInquiries, readInquiry } from "./review-inquiries";
export * from "./schemas";
export { submitInquiry } from "./submit-inquiry";
