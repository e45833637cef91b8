"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../../_client/failure";
import { useTRPC } from "../../../_client/trpc";

export function ResendButton({ size = "md" }: { size?: "sm" | "md" }) {
  const trpc = useTRPC();
  const resend = useMutation(
    trpc.auth.resendVerification.mutationOptions({
      onSuccess: ({ status }) =>
        toast(status === "sent" ? "The mail is on its way" : "Your email is verified already", {
          tone: "good",
        }),
      onError: (error) =>
        toast("The mail was not sent", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  return (
    <Button variant="secondary" size={size} pending={resend.isPending} onClick={() => resend.mutate({})}>
      Send the mail again
    </Button>
  );
}
