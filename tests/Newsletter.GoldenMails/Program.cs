using Newsletter.GoldenMails;

// Writes the golden mails: NAME.html and NAME.txt into the folder that is named.
if (args is not [var folder])
{
    await Console.Error.WriteLineAsync("Name the folder to write to.");
    return 2;
}
Directory.CreateDirectory(folder);
foreach (var mail in await new Golden().AllAsync())
{
    await File.WriteAllTextAsync(Path.Combine(folder, mail.Name + ".html"), mail.Html);
    await File.WriteAllTextAsync(Path.Combine(folder, mail.Name + ".txt"), $"Subject: {mail.Subject}\r\n\r\n{mail.Text}");
}
return 0;
