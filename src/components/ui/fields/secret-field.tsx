import { CopyButton } from "../code/copy-button";

interface SecretFieldProps {
  secret: string;
  /** "Your new key". */
  label: string;
  copyLabel: string;
  onCopied: () => void;
}

/** A secret that is shown once. An input, so that a click or Ctrl+A selects it where the clipboard is not available. */
export function SecretField({ secret, label, copyLabel, onCopied }: SecretFieldProps) {
  return (
    <div className="flex items-center gap-2 rounded-lg border border-edge bg-sunken p-1.5 pl-3">
      <input
        readOnly
        value={secret}
        aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
        className="min-w-0 flex-1 bg-transparent font-mono text-[13px] outline-none"
      />
      <CopyButton text={secret} label={copyLabel} labeled onCopied={onCopied} />
    </div>
  );
}
