-- Token buckets that all processes draw from: what a relay, or a recipients' domain, is handed each second and each day.
create table sending_limits (
    bucket      text primary key,
    tokens      double precision not null,
    refilled_at timestamptz not null
);
