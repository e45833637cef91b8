ALTER ROLE agathaai_app LOGIN PASSWORD :'password';
