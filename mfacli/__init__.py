"""mfacli: a one-time code becomes temporary credentials in your keyring and your shell.

The public interface is the command line, its JSON, its exit codes and its settings file, and one Python module,
`mfacli.sdk`. Every other module in here is private and may change in any release.
"""
