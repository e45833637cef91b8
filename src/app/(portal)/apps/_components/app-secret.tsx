import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { SecretField } from "@/components/ui/fields/secret-field";
import { DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";

interface AppSecretProps {
  title: string;
  clientId: string;
  /** None for a public app. */
  secret: string | null;
  /** What else to know. */
  note?: string;
  onDone: () => void;
}

/** An app's ID and its secret, shown once; with a secret the dialog closes by its button alone. */
export function AppSecret({ title, clientId, secret, note, onDone }: AppSecretProps) {
  const [copied, setCopied] = useState(secret === null);
  return (
    <DialogContent
      title={title}
      description={
        secret === null
          ? "A public app has no secret: it proves each sign-in with PKCE."
          : "Copy its client secret now. You can’t see it again."
      }
      closable={secret === null}
      onEscapeKeyDown={(event) => secret !== null && event.preventDefault()}
      onInteractOutside={(event) => secret !== null && event.preventDefault()}
    >
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium">Client ID</span>{" "}
        <code className="break-all text-[13px]">{clientId}</code>
        <CopyButton text={clientId} label="Copy the client ID" />
      </p>
      {secret !== null && (
        <div className="mt-3">
          <SecretField
            secret={secret}
            label="Client secret"
            copyLabel="Copy secret"
            onCopied={() => setCopied(true)}
          />
        </div>
      )}
      {note && <p className="mt-2 text-[13px] text-muted">{note}</p>}
      <DialogFooter>
        <Button onClick={onDone} variant={copied ? "primary" : "secondary"}>
          {secret === null ? "Done" : "I’ve saved this secret"}
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}
