export interface Address {
  name: string;
  street: string;
  postcode: string;
  city: string;
  country: string;
  email: string;
}

const POSTCODES: Record<string, RegExp> = {
  DE: /^\d{5}$/,
  FR: /^\d{5}$/,
  DK: /^\d{4}$/,
  IE: /^[A-Z]\d[\dW] ?[\dA-Z]{4}$/,
};

export function complaints(address: Partial<Address>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const field of ["name", "street", "city"] as const) {
    if (!address[field]?.trim()) {
      found[field] = "is missing";
    }
  }
  const pattern = POSTCODES[address.country ?? ""];
  if (!pattern) {
    found.country = "we do not send there";
  } else if (!pattern.test(address.postcode ?? "")) {
    found.postcode = "does not look right";
  }
  if (!/^[^@\s]+@[^@\s]+\.[a-z]{2,}$/i.test(address.email ?? "")) {
    found.email = "does not look right";
  }
  return found;
}

export function label(address: Address): string[] {
  if (address.country === "IE") {
    return [address.name, address.street, address.city, address.postcode, "IRELAND"];
  }
  if (address.country === "FR") {
    return [address.name, address.street, `${address.postcode} ${address.city.toUpperCase()}`, "FRANCE"];
  }
  return [address.name, address.street, `${address.postcode} ${address.city}`, address.country];
}
