import { CopyButton } from "@/components/ui/code/copy-button";

/** The public half of OAuth credentials, above their secret. */
export function ClientId({ id }: { id: string }) {
  return (
    <p className="mb-3 flex flex-wrap items-center gap-x-2">
      <span className="font-medium">Client ID</span> <code className="break-all text-[13px]">{id}</code>
      <CopyButton text={id} label="Copy the client ID" />
    </p>
  );
}
