import {useQuery} from '@tanstack/react-query';
import {useEffect, useRef, useState} from 'react';

import {useCreateLink} from '../api/apps';
import {get} from '../api/client';
import type {Connection, Page} from '../api/types';
import {goTo, openPopup} from './popup';

/**
 * Runs an install in a window and watches for the connection it makes. What the window shows belongs
 * to the provider, so only the gateway's own list tells how it ended.
 */
export function useInstall(app: string, user: string) {
  const create = useCreateLink();
  const popup = useRef<Window | null>(null);
  const [begun, setBegun] = useState<number>();
  const [blocked, setBlocked] = useState(false);
  const [closed, setClosed] = useState(false);
  const [connected, setConnected] = useState<Connection>();
  const waiting = begun !== undefined && connected === undefined;

  const watch = useQuery({
    queryKey: ['install', app, user, begun],
    queryFn: async ({signal}) => {
      const page = await get<Page<Connection>>('/v1/connections', {app, user}, signal);
      return (
        page.data.find(
          (connection) =>
            connection.state === 'active' &&
            Date.parse(connection.updatedAt) >= (begun ?? 0) - 2000,
        ) ?? null
      );
    },
    enabled: waiting,
    refetchInterval: waiting ? 1000 : false,
    refetchIntervalInBackground: true,
    gcTime: 0,
  });

  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => setClosed(popup.current?.closed ?? false), 500);
    return () => clearInterval(timer);
  }, [waiting]);

  useEffect(() => {
    if (!watch.data || !waiting) return;
    setConnected(watch.data);
    popup.current?.close();
  }, [watch.data, waiting]);

  const start = async (): Promise<void> => {
    popup.current?.close();
    const opened = openPopup();
    popup.current = opened;
    setBlocked(opened === null);
    setClosed(false);
    setConnected(undefined);
    try {
      const link = await create.mutateAsync({app, user, expiresIn: 3600});
      setBegun(Date.now());
      if (opened !== null) goTo(opened, link.url);
    } catch {
      opened?.close();
    }
  };

  return {
    start: () => void start(),
    stop: () => {
      popup.current?.close();
      setBegun(undefined);
    },
    link: create.data,
    error: create.error ?? watch.error,
    starting: create.isPending,
    waiting,
    blocked,
    closed,
    connected,
  };
}
