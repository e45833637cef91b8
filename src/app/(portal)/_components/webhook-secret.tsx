import { useState } from "react";
import { Button } from "@/components/ui/button";
import { SecretField } from "@/components/ui/fields/secret-field";
import { DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";

interface WebhookSecretProps {
  title: string;
  secret: string;
  onDone: () => void;
  /** What else to know. */
  note?: string;
}

/** A signing secret, shown once; the dialog closes by its button alone. */
export function WebhookSecret({ title, secret, onDone, note }: WebhookSecretProps) {
  const [copied, setCopied] = useState(false);
  return (
    <DialogContent
      title={title}
      description="Copy its signing secret now. You can’t see it again."
      closable={false}
      onEscapeKeyDown={(event) => event.preventDefault()}
      onInteractOutside={(event) => event.preventDefault()}
    >
      <SecretField
        secret={secret}
        label="Signing secret"
        copyLabel="Copy secret"
        onCopied={() => setCopied(true)}
      />
      <p className="mt-2 text-[13px] text-muted">
        Your server verifies with it that an event comes from AgathaAI. {note}
      </p>
      <DialogFooter>
        <Button onClick={onDone} variant={copied ? "primary" : "secondary"}>
          I’ve saved this secret
        </Button>
      </DialogFooter>
    </DialogContent>
  );
}
