"""Questions on ten topics, each in three wordings: `benchmarks.gaps` puts them together."""

from __future__ import annotations

TOPICS: dict[str, list[tuple[str, str, str]]] = {
    "leave": [
        (
            "How many days of annual leave do I get?",
            "How much vacation am I entitled to each year?",
            "What is my yearly holiday allowance?",
        ),
        (
            "Can I carry unused leave over to next year?",
            "What happens to vacation days that I haven't taken by December?",
            "Do remaining holidays expire at the end of the year?",
        ),
        (
            "How long is parental leave?",
            "How many weeks off do new parents get?",
            "What time off is there after the birth of a child?",
        ),
    ],
    "password": [
        (
            "How do I reset my password?",
            "I forgot my password, what now?",
            "How can I recover a lost password?",
        ),
        (
            "How long must a password be?",
            "What is the minimum length of passwords?",
            "How many characters does my password need?",
        ),
        (
            "How often do passwords have to be changed?",
            "When does my password expire?",
            "After how many days do I need a new password?",
        ),
    ],
    "backup": [
        (
            "Where are backups stored?",
            "In which location do you keep the backups?",
            "What is the storage place of backup files?",
        ),
        (
            "How often are backups made?",
            "Are there daily backups?",
            "What is the backup schedule?",
        ),
        (
            "How do I restore a backup?",
            "What are the steps to recover data from a backup?",
            "Can I get my files back from last night's backup?",
        ),
    ],
    "proxy": [
        (
            "How do I configure a proxy?",
            "Where do I set the address of the proxy server?",
            "How can I make it work behind our corporate proxy?",
        ),
        (
            "Which ports does the proxy listen on?",
            "What is the default port of the proxy?",
            "On what port number does the proxy accept connections?",
        ),
        (
            "Does the proxy support HTTP/3?",
            "Can the proxy speak QUIC?",
            "Is HTTP/3 available in the proxy?",
        ),
    ],
    "expenses": [
        (
            "How do I claim expenses?",
            "How can I get reimbursed for what I paid myself?",
            "What is the procedure for expense reports?",
        ),
        (
            "Who approves my expenses?",
            "Whose approval does an expense claim need?",
            "Which manager signs off expense reports?",
        ),
        (
            "What is the limit for hotel costs?",
            "How much may a hotel room cost per night?",
            "What's the maximum I can spend on accommodation?",
        ),
    ],
    "release": [
        (
            "When is the next release?",
            "What date does the new version come out?",
            "When will the upcoming version be published?",
        ),
        (
            "Which versions are supported?",
            "What releases still get security fixes?",
            "How long is a version maintained?",
        ),
        (
            "How do I upgrade to the latest release?",
            "What are the steps for updating to the newest version?",
            "How can I move from the old version to the current one?",
        ),
    ],
    "people": [
        (
            "Who is the chief executive?",
            "Who is the CEO of the company?",
            "What's the name of the company's chief executive officer?",
        ),
        (
            "Who founded the company?",
            "Which people started the company?",
            "Who are the founders?",
        ),
        (
            "Who is responsible for security?",
            "Whom do I contact about a security problem?",
            "Which person handles security incidents?",
        ),
    ],
    "api": [
        (
            "What is the rate limit of the API?",
            "How many API requests per minute are allowed?",
            "How often may I call the API?",
        ),
        (
            "How do I authenticate with the API?",
            "How can I get an API token?",
            "Where do I create credentials for the API?",
        ),
        (
            "Which formats does the API return?",
            "Can the API answer in XML?",
            "What is the response format of API calls?",
        ),
    ],
    "database": [
        (
            "Which databases are supported?",
            "Can I use MySQL instead of PostgreSQL?",
            "What database systems does it work with?",
        ),
        (
            "How do I migrate the database?",
            "How are schema migrations run?",
            "What command applies database migrations?",
        ),
        (
            "How large can the database get?",
            "Is there a size limit for the database?",
            "What is the maximum database size?",
        ),
    ],
    "office": [
        (
            "Where is the office?",
            "What is the address of the office?",
            "How do I find your office building?",
        ),
        (
            "When is the office open?",
            "What are the opening hours of the office?",
            "At what time can I enter the office in the morning?",
        ),
        (
            "Can I bring my dog to the office?",
            "Are pets allowed at the office?",
            "Is the office dog-friendly?",
        ),
    ],
}
"""For each topic three questions that differ in what they ask, each in three wordings."""
