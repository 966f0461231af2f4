FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# Packages first: this layer stays as long as no project file changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/Newsletter/*.csproj src/Newsletter/
COPY src/Newsletter.Web/*.csproj src/Newsletter.Web/
COPY src/Newsletter.Worker/*.csproj src/Newsletter.Worker/
COPY src/Newsletter.MailCatcher/*.csproj src/Newsletter.MailCatcher/
COPY src/Newsletter.Cli/*.csproj src/Newsletter.Cli/
RUN dotnet restore src/Newsletter.Cli

COPY . .
RUN dotnet publish src/Newsletter.Cli -c Release -o /app --no-restore -p:UseAppHost=false

# No PostgreSQL server inside: ConnectionStrings__Newsletter says where it is.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# pg_dump and pg_restore of docker-compose.yml's PostgreSQL, for "backup" and "restore".
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && apt-get purge -y --auto-remove postgresql-common \
    && rm -rf /var/lib/apt/lists/*
RUN mkdir /data && chown "$APP_UID" /data

# The base image's port setting would only be overridden, with a warning, by --urls.
ENV ASPNETCORE_HTTP_PORTS= \
    Data__Directory=/data
USER $APP_UID
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["dotnet", "Newsletter.Cli.dll", "doctor", "--ready"]
ENTRYPOINT ["dotnet", "Newsletter.Cli.dll"]
CMD ["serve", "--urls", "http://0.0.0.0:8080"]
