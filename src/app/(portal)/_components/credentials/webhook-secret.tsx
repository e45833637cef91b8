import { DialogContent } from "@/components/ui/overlays/dialog";
import { SecretOnce } from "./secret-once";

interface WebhookSecretProps {
  title: string;
  secret: string;
  onDone: () => void;
  /** What else to know. */
  note?: string;
}

/** A signing secret, shown once. */
export function WebhookSecret({ title, secret, onDone, note }: WebhookSecretProps) {
  return (
    <DialogContent
      title={title}
      description="Copy its signing secret now. You can’t see it again."
      closable={false}
    >
      <SecretOnce secret={secret} label="Signing secret" noun="secret" onDone={onDone}>
        <p className="mt-2 text-[13px] text-muted">
          Your server verifies with it that an event comes from AgathaAI. {note}
        </p>
      </SecretOnce>
    </DialogContent>
  );
}
