/** Ends the session here, then leads away. The library comes when it is asked for: most visits never sign out. */
export async function signOutTo(callbackUrl: string): Promise<void> {
  // Drafts of prompts go with the person.
  sessionStorage.clear();
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl });
}
