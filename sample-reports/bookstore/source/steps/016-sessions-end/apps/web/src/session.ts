import cookie from "cookie";

export interface Session {
  id: string;
  language: string;
}

export function read(header: string | undefined): Session | undefined {
  const values = cookie.parse(header ?? "");
  if (!values.session) {
    return undefined;
  }
  return { id: values.session, language: values.language ?? "en" };
}

/** A session ends after two weeks without a visit. */
export function isOver(lastVisit: number, now: number): boolean {
  return now - lastVisit > 14 * 24 * 3600 * 1000;
}

export function write(session: Session): string[] {
  return [
    cookie.serialize("session", session.id, { httpOnly: true, sameSite: true, path: "/" }),
    cookie.serialize("language", session.language, { path: "/" }),
  ];
}
