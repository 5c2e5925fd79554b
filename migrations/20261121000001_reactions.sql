-- Votes are compared with what stands on the cards: whether reactions were told meanwhile is seen in the lane's inbox.
create index inbox_reacted on inbox (org, lane) where event ->> 'type' = 'reacted';
