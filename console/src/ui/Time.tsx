import {exactTime, relativeTime} from '../lib/format';
import {useNow} from '../lib/useNow';

/** “3 minutes ago”, with the exact time on hover; `never` when there is none. */
export function Time({at, never = 'Never'}: {at: string | null | undefined; never?: string}) {
  const now = useNow();
  if (!at) return <span className="faint">{never}</span>;
  return (
    <time dateTime={at} title={exactTime(at)} className="nowrap">
      {relativeTime(at, now)}
    </time>
  );
}
