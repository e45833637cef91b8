/** Ends the session here, then leads away. The library comes when it is asked for: most visits never sign out. */
export async function signOutTo(callbackUrl: string): Promise<void> {
  const { signOut } = await import("next-auth/react");
  await signOut({ callbackUrl });
}
