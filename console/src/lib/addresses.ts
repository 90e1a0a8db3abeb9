// Address ranges a key may be used from, as typed: one to a line.

const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;

/** What is wrong with one range; undefined when nothing seems to be. The server judges. */
export function addressFault(text: string): string | undefined {
  const four = v4.exec(text);
  if (four) {
    if (four.slice(1, 5).some((part) => Number(part) > 255)) return `${text}: a part is above 255.`;
    if (four[5] !== undefined && Number(four[5]) > 32) return `${text}: at most /32.`;
    return undefined;
  }
  const [address = '', prefix, more] = text.split('/');
  const six =
    address.includes(':') && /^[0-9a-fA-F:.]+$/.test(address) && address.split('::').length <= 2;
  if (!six || more !== undefined)
    return `${text} is no address. Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.`;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= 128))
    return `${text}: at most /128.`;
  return undefined;
}

export const addressList = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
