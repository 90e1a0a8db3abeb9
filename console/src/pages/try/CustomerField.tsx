import {useQuery} from '@tanstack/react-query';
import {useId} from 'react';

import {get} from '../../api/client';
import type {Connection, Page} from '../../api/types';
import {FilterText} from '../../ui/FilterText';

/** Your id of a customer, with those that begin so. */
export function CustomerField({
  app,
  value,
  onChange,
  none,
}: {
  app: string;
  value: string;
  onChange: (user: string) => void;
  none: boolean;
}) {
  const id = useId();
  const found = useQuery({
    queryKey: ['connections', 'suggest', app, value],
    queryFn: ({signal}) =>
      get<Page<Connection>>('/v1/connections', {app, q: value, limit: 20}, signal),
    enabled: app !== '',
    placeholderData: (before) => before,
  });
  return (
    <div>
      <FilterText
        label="Customer"
        mono
        value={value}
        onChange={onChange}
        list={id}
        autoComplete="off"
        placeholder="customer-1"
        warning={none ? 'Nobody is connected to this app yet.' : undefined}
      />
      <datalist id={id}>
        {found.data?.data.map((connection) => (
          <option key={connection.id} value={connection.user} />
        ))}
      </datalist>
    </div>
  );
}
