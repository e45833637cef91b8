"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../_client/failure";
import { useTRPC } from "../_client/trpc";

export function ResendButton({ size = "md" }: { size?: "sm" | "md" }) {
  const trpc = useTRPC();
  const resend = useMutation(
    trpc.auth.resendVerification.mutationOptions({
      onSuccess: ({ status }) =>
        toast(status === "sent" ? "Email sent" : "Your email is already verified", {
          tone: "good",
        }),
      onError: (error) =>
        toast("Couldn’t send the email", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  return (
    <Button variant="secondary" size={size} pending={resend.isPending} onClick={() => resend.mutate({})}>
      Resend email
    </Button>
  );
}
