-- Which of the customer's fields a provider refused, for the error inside a failed result. A name, never content.
ALTER TABLE "inference_requests" ADD COLUMN "error_param" TEXT;
ALTER TABLE "inference_requests"
  ADD CONSTRAINT "inference_requests_error_param_is_a_name" CHECK (char_length(error_param) BETWEEN 1 AND 200);
