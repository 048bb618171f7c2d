package Tender::Login;

# Copyright (C) ngx_tender_module contributors

# What tests of passwords, logins and sessions have in common.
#
#   my $t = login_test(location => '...', http => '...');
#   plant_user($t, 'ann@acme', 's3cret');       # account 7, user 1 by default
#   plant_user($t, 'bob@acme', undef, hash => '$2b$...', id => 2,
#              data => { enabled => JSON::PP::false }, account => { ... });
#   my $r = login($t, 'ann@acme', 's3cret');    # JSON
#   my $form = form($t);                        # cookie, csrf, answer
#   $r = send_form($t, $form, username => 'ann@acme', password => 's3cret');
#   my $cookie = cookie($r);                    # of the session
#
# Entries are written into the store as the registry has them, so that a hash
# can be any.

use strict;
use warnings;

use Exporter 'import';
use JSON::PP ();
use Time::HiRes ();

use Tender::Test;


our @EXPORT = qw(login_test plant_user plant_account stored_user login form
                 send_form form_body cookie set_cookies quick_hash $POOL
                 $FORM);

our $POOL = 'thread_pool tender threads=2 max_queue=64;';
our $FORM = 'application/x-www-form-urlencoded';

my $json = JSON::PP->new->utf8->canonical;


sub login_test {
    my (%opt) = @_;

    return Tender::Test->new(
        main     => $POOL,
        location => 'location / { tender_account; }',
        %opt,
    );
}


# bcrypt with the least rounds: it is replaced at the first login

sub quick_hash {
    my ($password) = @_;

    my @chars = ('.', '/', 'A' .. 'Z', 'a' .. 'z', 0 .. 9);

    return crypt $password,
                 '$2b$04$' . join('', map { $chars[rand @chars] } 1 .. 21)
                 . 'u';
}


sub entry {
    my ($owner, $data) = @_;

    my $us = int(1e6 * Time::HiRes::time());

    return "1 $us $us $owner\n" . $json->encode($data);
}


sub plant_account {
    my ($t, $id, $tenant, %data) = @_;

    $t->redis('HSET', '{g}:accounts', $id, entry($tenant, {
        name => "Account $id", tenant => $tenant, enabled => JSON::PP::true,
        scopes => ['read', 'create', 'update', 'delete'], %data,
    }));
}


sub plant_user {
    my ($t, $name, $password, %opt) = @_;

    my ($login, $tenant) = $name =~ /^(.*)@([^@]*)$/;
    my $id   = $opt{id} || 1;
    my $of   = $opt{of} || 7;
    my $hash = $opt{hash} // quick_hash($password);

    plant_account($t, $of, $tenant, %{ $opt{account} || {} });

    $t->redis('HSET', '{g}:users', $id, entry($of, {
        login => $login, enabled => JSON::PP::true,
        length $hash ? (secret => { hash => $hash }) : (),
        %{ $opt{data} || {} },
    }));
    $t->redis('HSET', '{g}:names', "login:$name", "u $id");
}


# {version, data}

sub stored_user {
    my ($t, $id) = @_;

    my $value = $t->redis('HGET', '{g}:users', $id || 1);
    my ($head, $data) = split /\n/, $value, 2;

    return { version => (split / /, $head)[0], data => $json->decode($data) };
}


sub login {
    my ($t, $name, $password, %opt) = @_;

    return $t->post($opt{path} || '/login',
                    { username => $name, password => $password },
                    $opt{headers});
}


# ---------------------------------------------------------------- browsers

sub set_cookies {
    my ($r) = @_;

    return map { /^([^=]+)=([^;]*)/ ? ($1 => $2) : () }
           $r->header('Set-Cookie');
}


sub cookie {
    my ($r, $name) = @_;

    my %cookies = set_cookies($r);

    return $cookies{ $name || 'tender_session' };
}


sub form {
    my ($t, $path, $headers) = @_;

    my $r = $t->get($path || '/login', $headers);
    my ($csrf)   = $r->body =~ /name="csrf"[^>]*value="([^"]*)"/;
    my ($action) = $r->body =~ /action="([^"]*)"/;

    return { csrf => $csrf, action => $action, answer => $r,
             cookie => cookie($r, 'tender_login') };
}


sub form_body {
    my (%fields) = @_;

    return join '&', map {
        my $value = $fields{$_};

        utf8::encode($value) if utf8::is_utf8($value);
        $value =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge;
        "$_=$value";
    } grep { defined $fields{$_} } sort keys %fields;
}


sub send_form {
    my ($t, $form, %fields) = @_;

    my $headers = delete $fields{headers} || {};

    return $t->post($form->{action}, form_body(csrf => $form->{csrf}, %fields),
                    { 'Content-Type' => $FORM, Accept => 'text/html',
                      defined $form->{cookie}
                      ? (Cookie => "tender_login=$form->{cookie}") : (),
                      %$headers });
}


1;
