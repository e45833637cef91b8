import type { ReactNode } from "react";
import { Notice } from "@/components/ui/notice";
import { readFailure } from "./failure";

/** An error, what it means, and the request ID to quote. */
export function FailureNotice({
  error,
  title,
  action,
  className,
}: {
  error: unknown;
  title?: string;
  action?: ReactNode;
  className?: string;
}) {
  const { message, requestId } = readFailure(error);
  return (
    <Notice tone="danger" title={title} action={action} {...(className ? { className } : {})}>
      {message}
      {requestId && (
        <span className="mt-1 block text-[13px] text-muted">
          Request ID for support: <code className="break-all">{requestId}</code>
        </span>
      )}
    </Notice>
  );
}
